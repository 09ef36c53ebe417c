using System.ComponentModel.DataAnnotations;

namespace ServiceDefaults.Data;

/// <summary>How long rows of one table are kept, and how gently they are removed.</summary>
public sealed class RetentionOptions
{
    /// <summary>How long a row is kept, by the database's clock. Its default is the table's own: see where the table is registered.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan Period { get; set; }

    /// <summary>The most rows that one statement removes. Defaults to 2,000: a few milliseconds of work.</summary>
    [Range(1, 100_000)]
    public int StepSize { get; set; } = 2_000;

    /// <summary>The pause between two statements, which leaves disk and processor to those who work. Defaults to 50 milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan Pause { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long after everything old was removed it is looked for again. Defaults to 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(5);
}
