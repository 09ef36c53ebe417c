namespace AppHost.Tests.Exercises;

/// <summary>The button that restarts the sender with the other relay.</summary>
[Collection(OneWorkshopSystem.Name)]
public sealed class SwitchRelayTests(WorkshopSystem system)
{
    [Fact]
    public async Task The_end_of_the_old_process_may_be_reported_late()
    {
        foreach (var answer in (string[])["It follows the log now.", "It reads the table now."])
        {
            var reported = system.ReportEndWhileItStartsAsync(DemoSystem.Sender);
            var pressed = await system.PressAsync(DemoSystem.Sender, "switch-relay");
            Assert.True(pressed.Success, pressed.Message);
            Assert.Equal(answer, pressed.Message);
            await reported;
        }
    }
}
