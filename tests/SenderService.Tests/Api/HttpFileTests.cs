namespace SenderService.Tests.Api;

[Collection(SenderSuite.Name)]
public sealed class HttpFileTests(SenderFixture fixture) : IClassFixture<SenderFixture>
{
    [Fact]
    public Task Each_request_of_the_http_file_is_answered_as_the_file_says() =>
        HttpFile.AssertAnswersAsync(Solution.PathOf("SenderService/SenderService.http"), fixture.Sender.Client);
}
