namespace Aspire.Hosting.ApplicationModel;

/// <summary>How a command is shown, and when it can be used.</summary>
public class CommandOptions
{
    public string? Description { get; set; }

    /// <summary>What is asked before the command runs; null asks nothing.</summary>
    public string? ConfirmationMessage { get; set; }

    public string? IconName { get; set; }

    public IconVariant? IconVariant { get; set; }

    /// <summary>Whether the command is a button of its own rather than an entry of the menu.</summary>
    public bool IsHighlighted { get; set; }

    /// <summary>Whether the command can be used, asked at every change of the resource; null means always.</summary>
    public Func<UpdateCommandStateContext, ResourceCommandState>? UpdateState { get; set; }
}

public sealed class UpdateCommandStateContext
{
    public required CustomResourceSnapshot ResourceSnapshot { get; init; }

    public required IServiceProvider ServiceProvider { get; init; }
}

public enum ResourceCommandState
{
    Enabled = 0,
    Disabled = 1,
    Hidden = 2,
}

public enum IconVariant
{
    Regular = 0,
    Filled = 1,
}
