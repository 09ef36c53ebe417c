using ReceiverService.EntityItems;

namespace ReceiverService.Tests;

/// <summary>A ReceiverService in a process of its own. A test can kill it or stop it.</summary>
internal static class ReceiverProcess
{
    /// <summary>Starts it with a database and a queue, and waits until it consumes.</summary>
    public static async Task<ServiceInstance> StartAsync(string database, string broker, string queue, params string[] settings)
    {
        var receiver = ServiceInstance.Start(
            typeof(EntityItem).Assembly,
            [
                "environment=Development",
                $"ConnectionStrings:receiverdb={database}",
                $"ConnectionStrings:artemis={broker}",
                $"Inbox:Queue={queue}",
                .. settings,
            ]);
        try
        {
            await receiver.WaitUntilHealthyAsync();
            return receiver;
        }
        catch
        {
            await receiver.DisposeAsync();
            throw;
        }
    }
}
