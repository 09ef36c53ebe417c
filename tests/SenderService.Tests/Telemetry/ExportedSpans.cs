using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry;

namespace SenderService.Tests.Telemetry;

/// <summary>The spans that an exporter gets. They may come from any service of this process.</summary>
internal sealed class ExportedSpans : BaseProcessor<Activity>
{
    private readonly ConcurrentQueue<Activity> _spans = new();

    public IReadOnlyCollection<Activity> All => _spans;

    public IEnumerable<Activity> Of(ActivityTraceId trace, string source) =>
        _spans.Where(span => span.TraceId == trace && span.Source.Name == source);

    public override void OnEnd(Activity data) => _spans.Enqueue(data);
}
