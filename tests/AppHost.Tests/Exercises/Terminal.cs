using System.Diagnostics;

namespace AppHost.Tests.Exercises;

/// <summary>The terminal of a reader: one bash for an exercise, so that later commands see the variables of earlier ones.</summary>
internal sealed class Terminal : IDisposable
{
    private const string End = "the end of these commands";
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private readonly Process _bash = Process.Start(new ProcessStartInfo("bash")
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    /// <summary>Runs commands. The last one must succeed.</summary>
    /// <returns>What they have written.</returns>
    public async Task<string> RunAsync(string commands)
    {
        using var timeout = new CancellationTokenSource(Deadline);
        await _bash.StandardInput.WriteLineAsync($"{commands}\nprintf '\\n%s %s\\n' '{End}' $?".AsMemory(), timeout.Token);
        var output = new List<string>();
        while (await _bash.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            if (line.StartsWith(End, StringComparison.Ordinal))
            {
                var written = string.Join('\n', output);
                Assert.True(line == $"{End} 0", $"{line}\n{commands}\n{written}");
                return written;
            }

            output.Add(line);
        }

        throw new InvalidOperationException($"bash has ended: {commands}");
    }

    public void Dispose()
    {
        _bash.Kill(entireProcessTree: true);
        _bash.Dispose();
    }
}
