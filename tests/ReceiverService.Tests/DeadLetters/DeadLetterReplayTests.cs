using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Amqp.Framing;
using Amqp.Types;
using Messaging.Inbox.DeadLetters;
using Microsoft.Extensions.DependencyInjection;
using ReceiverService.EntityItems;

namespace ReceiverService.Tests.DeadLetters;

/// <summary>What an operator can do with dead letters.</summary>
[Collection(ReceiverSuite.Name)]
public sealed class DeadLetterReplayTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private readonly Guid _id = Guid.CreateVersion7();
    private readonly Guid _messageId = Guid.NewGuid();
    private RunningReceiver _receiver = null!;

    public async Task InitializeAsync() => _receiver = await RunningReceiver.StartAsync(infrastructure, "Inbox:RetryDelay=00:00:00.01");

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [Fact]
    public async Task A_message_whose_handler_failed_is_applied_once_the_cause_is_fixed()
    {
        await _receiver.ExecuteAsync("ALTER TABLE entity_items ADD CONSTRAINT no_good CHECK (name <> 'good')");
        await SendAsync(_messageId, "good");
        var letter = Assert.Single(await _receiver.DeadLettersAsync(1));
        Assert.Contains("no_good", letter.Reason, StringComparison.Ordinal);

        Assert.Contains("no_good", await FailAsync(letter.Id), StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(await _receiver.DeadLettersAsync(1)).Replays);

        await _receiver.ExecuteAsync("ALTER TABLE entity_items DROP CONSTRAINT no_good");
        Assert.Equal(ReplayOutcome.Processed, await ReplayAsync(letter.Id));
        Assert.Equal("good", (await _receiver.ItemAsync(_id, _ => true))!.Name);
        await AssertDoneAsync(letter.Id);

        // The message has had its effect. A second delivery has no effect.
        await SendAsync(_messageId, "delivered again", version: 2);
        await _receiver.SendLastAsync();
        Assert.Equal("good", (await _receiver.ItemAsync(_id, _ => true))!.Name);
    }

    [Fact]
    public async Task A_replay_processes_the_corrected_body()
    {
        await _receiver.SendAsync(_messageId, nameof(EntityItemCreated), 3, "{");
        var letter = Assert.Single(await _receiver.DeadLettersAsync(1));

        Assert.Equal(HttpStatusCode.NoContent, await CorrectAsync(letter.Id, "null"));
        Assert.Contains("It is null", await FailAsync(letter.Id), StringComparison.Ordinal);
        Assert.Contains("It is null", Assert.Single(await _receiver.DeadLettersAsync(1)).Reason, StringComparison.Ordinal);

        var corrected = Events.Body(_id, "corrected");
        Assert.Equal(HttpStatusCode.NoContent, await CorrectAsync(letter.Id, corrected));
        Assert.Equal(corrected, await _receiver.Client.GetStringAsync($"/api/dead-letters/{letter.Id}/body"));
        Assert.Equal(corrected, Assert.Single(await _receiver.DeadLettersAsync(1)).Preview.GetProperty("body").GetString());
        Assert.Equal(ReplayOutcome.Processed, await ReplayAsync(letter.Id));
        var item = await _receiver.ItemAsync(_id, _ => true);
        Assert.Equal(("corrected", 3L), (item!.Name, item.Version));
        Assert.Equal(HttpStatusCode.NotFound, await CorrectAsync(letter.Id, corrected));
    }

    [Theory]
    [InlineData("map")]
    [InlineData("list")]
    [InlineData("none")]
    [InlineData("xml")]
    public async Task A_corrected_body_can_replace_any_kind_of_body(string body)
    {
        var message = Events.Created(_id, 3, "");
        message.BodySection = body switch
        {
            "map" => new AmqpValue { Value = new Map { ["id"] = 1 } },
            "list" => new AmqpValue { Value = new List { 1 } },
            "xml" => message.BodySection,
            _ => null,
        };
        message.Properties.ContentType = body == "xml" ? "text/xml" : "application/json";
        await _receiver.SendAsync(message);
        var letter = Assert.Single(await _receiver.DeadLettersAsync(1));
        await FailAsync(letter.Id);

        await CorrectAsync(letter.Id, Events.Body(_id, "corrected"));
        Assert.Equal(ReplayOutcome.Processed, await ReplayAsync(letter.Id));
        Assert.Equal("corrected", (await _receiver.ItemAsync(_id, _ => true))!.Name);
    }

    [Fact]
    public async Task A_replay_of_a_processed_message_has_no_second_effect()
    {
        await _receiver.ExecuteAsync("ALTER TABLE entity_items ADD CONSTRAINT no_second CHECK (name <> 'second')");
        await SendAsync(_messageId, "second", version: 2);
        var letter = Assert.Single(await _receiver.DeadLettersAsync(1));

        // After the retention period the record is gone. A message with this id then counts as new.
        await _receiver.ExecuteAsync("ALTER TABLE entity_items DROP CONSTRAINT no_second; DELETE FROM inbox_messages");
        await SendAsync(_messageId, "first");
        Assert.Equal("first", (await _receiver.ItemAsync(_id, item => item is not null))!.Name);

        Assert.Equal(ReplayOutcome.Duplicate, await ReplayAsync(letter.Id));
        Assert.Equal("first", (await _receiver.ItemAsync(_id, _ => true))!.Name);
        await AssertDoneAsync(letter.Id);
    }

    [Fact]
    public async Task A_replay_that_cannot_be_committed_is_not_counted_as_processed()
    {
        await _receiver.SendAsync(_messageId, nameof(EntityItemCreated), 1, "{");
        var letter = Assert.Single(await _receiver.DeadLettersAsync(1));
        await CorrectAsync(letter.Id, Events.Body(_id, "name"));
        await _receiver.ExecuteAsync("""
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'too late' USING ERRCODE = '23514'; END $$;
            CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON entity_items DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail();
            """);
        using var meters = new MeterListener();
        var processed = 0L;
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "inbox.processed" && instrument.Meter.Scope == _receiver.Services.GetRequiredService<IMeterFactory>())
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref processed, count));
        meters.Start();

        Assert.Contains("too late", await FailAsync(letter.Id), StringComparison.Ordinal);
        Assert.Equal(0, Interlocked.Read(ref processed));

        await _receiver.ExecuteAsync("DROP TRIGGER fail ON entity_items");
        Assert.Equal(ReplayOutcome.Processed, await ReplayAsync(letter.Id));
        Assert.Equal(1, Interlocked.Read(ref processed));
    }

    [Fact]
    public async Task Only_one_of_several_replays_at_the_same_moment_has_an_effect()
    {
        await _receiver.SendAsync(_messageId, nameof(EntityItemCreated), 1, "{");
        var letter = Assert.Single(await _receiver.DeadLettersAsync(1));
        await CorrectAsync(letter.Id, Events.Body(_id, "once"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync(letter.Id)));
        Assert.Single(answers, HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(answer => answer == HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task A_dead_letter_can_be_discarded()
    {
        await _receiver.SendAsync(_messageId, "Unknown", 1, "{}");
        var letter = Assert.Single(await _receiver.DeadLettersAsync(1));
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(letter.Id));
        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync(letter.Id));

        // It does not come back.
        await SendAsync(_messageId, "delivered again");
        await _receiver.SendLastAsync();
        Assert.Null(await _receiver.ItemAsync(_id, _ => true));
    }

    /// <summary>Upper and lower case do not matter in names of parameters, in the request and in the address of the next page.</summary>
    [Theory]
    [InlineData("limit=2")]
    [InlineData("Limit=2&AFTER=6")]
    public async Task Dead_letters_are_listed_newest_first_page_by_page(string query)
    {
        for (var i = 1; i <= 5; i++)
        {
            await _receiver.SendAsync(Guid.NewGuid(), $"Unknown{i}", 1, "{}");
        }

        await _receiver.DeadLettersAsync(5);
        var letters = await Pages.ReadAsync<DeadLetterResponse>(_receiver.Client, $"/api/dead-letters?{query}");
        Assert.Equal(["Unknown5", "Unknown4", "Unknown3", "Unknown2", "Unknown1"], letters.Select(letter => letter.Type));
    }

    [Fact]
    public async Task A_preview_shows_the_beginning_of_a_body_as_text_or_base64_and_the_whole_body_has_its_own_address()
    {
        var text = "x" + new string('å', 2000);
        await _receiver.SendAsync(_messageId, "Unknown", 1, text);
        await _receiver.SendAsync(Events.Of(Guid.NewGuid(), "Unknown", 1, [0xFF, 0x00]));
        var letters = await _receiver.DeadLettersAsync(2);
        Assert.Equal("/wA=", letters[0].Preview.GetProperty("body").GetString());
        Assert.Equal("x" + new string('å', 1023) + "…", letters[1].Preview.GetProperty("body").GetString());
        Assert.Equal("application/json", letters[1].Preview.GetProperty("content-type").GetString());

        Assert.Equal(text, await _receiver.Client.GetStringAsync($"/api/dead-letters/{letters[1].Id}/body"));
        Assert.Equal([0xFF, 0x00], await _receiver.Client.GetByteArrayAsync($"/api/dead-letters/{letters[0].Id}/body"));
        using var missing = await _receiver.Client.GetAsync(new Uri("/api/dead-letters/999", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    private Task SendAsync(Guid messageId, string name, long version = 1) =>
        _receiver.SendAsync(messageId, nameof(EntityItemCreated), version, Events.Body(_id, name));

    /// <summary>
    /// Asserts that the dead letter is gone, and that the inbox has one record, which says that its message was processed.
    /// </summary>
    private async Task AssertDoneAsync(long id)
    {
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(id));
        Assert.Equal(
            1,
            await _receiver.ScalarAsync<long>(
                $"SELECT count(*) FROM inbox_messages WHERE message_id = '{_messageId}' AND NOT is_dead_letter"));
    }

    private async Task<ReplayOutcome> ReplayAsync(long id)
    {
        using var answer = await _receiver.Client.PostAsync(new Uri($"/api/dead-letters/{id}/replay", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<ReplayResult>())!.Outcome;
    }

    private async Task<HttpStatusCode> CorrectAsync(long id, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var answer = await _receiver.Client.PutAsync(new Uri($"/api/dead-letters/{id}/body", UriKind.Relative), content);
        return answer.StatusCode;
    }

    /// <returns>The reason in the answer.</returns>
    private async Task<string> FailAsync(long id)
    {
        using var answer = await _receiver.Client.PostAsync(new Uri($"/api/dead-letters/{id}/replay", UriKind.Relative), null);
        Assert.Equal(
            (HttpStatusCode.Conflict, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!;
    }

    private async Task<HttpStatusCode> PostAsync(long id)
    {
        using var answer = await _receiver.Client.PostAsync(new Uri($"/api/dead-letters/{id}/replay", UriKind.Relative), null);
        return answer.StatusCode;
    }

    private async Task<HttpStatusCode> DeleteAsync(long id)
    {
        using var answer = await _receiver.Client.DeleteAsync(new Uri($"/api/dead-letters/{id}", UriKind.Relative));
        return answer.StatusCode;
    }
}
