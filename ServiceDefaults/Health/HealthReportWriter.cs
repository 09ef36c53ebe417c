using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServiceDefaults.Health;

/// <summary>Writes the status of each check. In Development also its description, which may contain addresses and errors.</summary>
internal sealed class HealthReportWriter(bool showsDescriptions)
{
    public Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new
            {
                Status = report.Status.ToString(),
                Checks = report.Entries.ToDictionary(
                    entry => entry.Key,
                    entry => new { Status = entry.Value.Status.ToString(), Description = showsDescriptions ? entry.Value.Description : null }),
            },
            context.RequestAborted);
}
