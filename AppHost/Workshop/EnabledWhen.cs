namespace Aspire.Hosting;

/// <summary>When a button of the dashboard can be pressed.</summary>
internal static class EnabledWhen
{
    /// <summary>Enabled while its resource runs.</summary>
    public static ResourceCommandState Running(UpdateCommandStateContext context) =>
        context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;
}
