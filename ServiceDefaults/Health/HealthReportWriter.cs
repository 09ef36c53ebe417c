namespace ServiceDefaults.Health;

/// <summary>Writes the status of each check. In Development also the reason, which may contain addresses and errors.</summary>
internal sealed class HealthReportWriter(bool showsReasons)
{
    public Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new
            {
                Status = report.Status.ToString(),
                Checks = report.Entries.ToDictionary(
                    entry => entry.Key,
                    entry => new { Status = entry.Value.Status.ToString(), Description = showsReasons ? ReasonOf(entry.Value) : null }),
            },
            context.RequestAborted);

    private static string? ReasonOf(HealthReportEntry entry) => entry.Description ?? entry.Exception?.Message;
}
