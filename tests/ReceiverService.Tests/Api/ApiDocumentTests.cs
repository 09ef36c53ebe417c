using ReceiverService.EntityItems;

namespace ReceiverService.Tests.Api;

/// <summary>The OpenAPI document is right. The service says it, and refuses callers, without its database.</summary>
public sealed class ApiDocumentTests : IAsyncLifetime
{
    private readonly ServiceHost<EntityItem> _receiver = new(
        "ConnectionStrings:receiverdb=Host=127.0.0.1;Port=1", "ConnectionStrings:artemis=amqp://nobody:x@127.0.0.1:1", "Inbox:Queue=none");

    public Task InitializeAsync()
    {
        _receiver.Start();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [RedoclyFact]
    public Task The_document_is_valid() => ApiDocuments.AssertIsValidAsync(_receiver.Client);

    [Fact]
    public Task The_document_says_where_to_look_next_and_names_every_refusal() =>
        ApiDocuments.AssertNamesEveryRefusalAsync(_receiver.Client);

    [Fact]
    public Task Without_its_database_every_endpoint_answers_503() =>
        DatabaseAway.AssertAnswersAsync(_receiver.Services, _receiver.Client);
}
