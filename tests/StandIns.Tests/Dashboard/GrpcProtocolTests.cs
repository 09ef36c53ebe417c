using System.Net;
using Aspire.Hosting.Dashboard.Grpc;
using Aspire.Hosting.Dashboard.Proto;

namespace StandIns.Tests.Dashboard;

public sealed class GrpcProtocolTests(ResourceServiceFixture fixture) : IClassFixture<ResourceServiceFixture>
{
    private const string UnaryMethod = "GetApplicationInformation";

    private CancellationToken Ct { get; } = new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("the key of the testZ")]
    [InlineData("the key of the tests and more")]
    public async Task A_caller_without_the_key_is_unauthenticated(string? apiKey)
    {
        using var caller = fixture.CreateCaller(apiKey);
        using var answer = await caller.CallAsync("WatchResources", new WatchResourcesRequest(), Ct);

        Assert.Null(await answer.ReadAsync(WatchResourcesUpdate.Parser, Ct));
        Assert.Equal((int)GrpcStatus.Unauthenticated, (await answer.EndAsync(Ct)).Status);
    }

    [Fact]
    public async Task A_caller_with_the_key_is_answered()
    {
        using var caller = fixture.CreateCaller();
        using var answer = await caller.CallAsync(UnaryMethod, new ApplicationInformationRequest(), Ct);

        Assert.Equal("Demo", (await answer.ReadAsync(ApplicationInformationResponse.Parser, Ct))?.ApplicationName);
        Assert.Equal((int)GrpcStatus.Ok, (await answer.EndAsync(Ct)).Status);
    }

    [Fact]
    public async Task A_method_that_there_is_not_is_unimplemented()
    {
        using var caller = fixture.CreateCaller();
        using var answer = await caller.CallAsync("UploadFile", new ApplicationInformationRequest(), Ct);

        Assert.Equal((int)GrpcStatus.Unimplemented, (await answer.EndAsync(Ct)).Status);
    }

    [Theory]
    [InlineData(new byte[0], (int)GrpcStatus.InvalidArgument)]
    [InlineData(new byte[] { 0, 0, 0 }, (int)GrpcStatus.Internal)]
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1 }, (int)GrpcStatus.Internal)]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 0x0A, 0xFF }, (int)GrpcStatus.Internal)]
    [InlineData(new byte[] { 1, 0, 0, 0, 0 }, (int)GrpcStatus.Unimplemented)]
    [InlineData(new byte[] { 0, 0xFF, 0xFF, 0xFF, 0xFF }, (int)GrpcStatus.ResourceExhausted)]
    public async Task A_malformed_request_ends_its_call_and_no_other(byte[] body, int expected)
    {
        using var caller = fixture.CreateCaller();
        using var malformed = await caller.CallAsync("ExecuteResourceCommand", body, Ct);
        var (status, message) = await malformed.EndAsync(Ct);

        Assert.Equal(expected, status);
        Assert.NotEmpty(message);

        using var next = await caller.CallAsync(UnaryMethod, new ApplicationInformationRequest(), Ct);
        Assert.Equal((int)GrpcStatus.Ok, (await next.EndAsync(Ct)).Status);
    }

    [Fact]
    public async Task What_is_not_gRPC_is_refused_as_HTTP()
    {
        using var caller = fixture.CreateCaller();
        using var answer = await caller.CallAsync(UnaryMethod, [], Ct, contentType: "application/json");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.HttpStatus);
    }

    [Fact]
    public async Task Interactions_stay_silent_until_the_caller_has_no_more_to_say()
    {
        using var caller = fixture.CreateCaller();
        using var answer = await caller.CallAsync("WatchInteractions", new WatchInteractionsRequestUpdate(), Ct);

        Assert.Null(await answer.ReadAsync(WatchInteractionsResponseUpdate.Parser, Ct));
        Assert.Equal((int)GrpcStatus.Ok, (await answer.EndAsync(Ct)).Status);
    }
}
