namespace Messaging.Inbox.Consuming;

/// <summary>Processes a batch of messages. It finds those that fail, tries them again, and makes them dead letters.</summary>
internal sealed class InboxProcessor(IServiceScopeFactory scopes, IOptions<InboxOptions> options, InboxMetrics metrics, TimeProvider time)
{
    private readonly InboxOptions _options = options.Value;

    /// <summary>
    /// Processes a batch. When it returns, everything is committed and can be accepted. A message that fails is tried again after a pause,
    /// and becomes a dead letter after the last attempt. The rest of the batch does not wait for it.
    /// </summary>
    /// <param name="messages">In the order in which they came.</param>
    /// <param name="cancellationToken">Cancels what is not committed.</param>
    /// <exception cref="System.Data.Common.DbException">The database is away. The rest is not committed.</exception>
    public async Task ProcessAsync(ArraySegment<IncomingMessage> messages, CancellationToken cancellationToken)
    {
        var failed = await ProcessByHalvesAsync(messages, cancellationToken);
        for (var attempt = 1; attempt < _options.Attempts && failed.Count > 0; attempt++)
        {
            await Task.Delay(_options.RetryDelay * Math.Pow(2, attempt - 1), time, cancellationToken);
            failed = await ProcessByHalvesAsync(failed.Select(failure => failure.Message).ToArray(), cancellationToken);
        }

        foreach (var (message, reason) in failed)
        {
            message.Fail(reason);
            await ProcessInOneTransactionAsync(new([message]), cancellationToken);
        }
    }

    /// <summary>
    /// Processes as much as possible. One message makes the whole batch fail, and it is not known which one. Halving finds it in a few
    /// transactions, and the good ones around it are committed. A failure of the surroundings is no message's fault: it ends the attempt
    /// for all.
    /// </summary>
    /// <returns>The messages that fail, and why.</returns>
    private async Task<List<(IncomingMessage Message, string Reason)>> ProcessByHalvesAsync(
        ArraySegment<IncomingMessage> messages, CancellationToken cancellationToken)
    {
        try
        {
            await ProcessInOneTransactionAsync(messages, cancellationToken);
            return [];
        }
        catch (Exception exception) when (Failures.IsPermanent(exception))
        {
            if (messages.Count == 1)
            {
                return [(messages[0], Failures.ReasonOf(exception))];
            }
        }

        var half = messages.Count / 2;
        var failed = await ProcessByHalvesAsync(messages[..half], cancellationToken);
        failed.AddRange(await ProcessByHalvesAsync(messages[half..], cancellationToken));
        return failed;
    }

    private async Task ProcessInOneTransactionAsync(ArraySegment<IncomingMessage> messages, CancellationToken cancellationToken)
    {
        var spans = InboxTelemetry.StartProcess(messages, _options.Queue!);
        try
        {
            // A scope of its own: what an attempt has left in the DbContext must not reach the next one.
            await using var scope = scopes.CreateAsyncScope();
            var fresh = await scope.ServiceProvider.GetRequiredService<InboxTransaction>().RunAsync(messages, cancellationToken);
            InboxTelemetry.EndProcess(spans, messages);
            metrics.Record(messages.Count, fresh);
        }
        catch (Exception exception)
        {
            InboxTelemetry.EndProcess(spans, exception);
            throw;
        }
    }
}
