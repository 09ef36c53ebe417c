using System.Net.Sockets;
using System.Text.Json;
using Npgsql;
using Messaging.Inbox.Consuming;

namespace ReceiverService.Tests.Inbox;

public sealed class FailuresTests
{
    [Theory]
    [InlineData(PostgresErrorCodes.UntranslatableCharacter, true)]
    [InlineData(PostgresErrorCodes.CheckViolation, true)]
    [InlineData(PostgresErrorCodes.ProgramLimitExceeded, true)]
    [InlineData(PostgresErrorCodes.RaiseException, true)]
    [InlineData(PostgresErrorCodes.AssertFailure, true)]
    [InlineData(PostgresErrorCodes.WithCheckOptionViolation, true)]
    [InlineData(PostgresErrorCodes.ExternalRoutineException, true)]
    [InlineData(PostgresErrorCodes.NullValueNotAllowedExternalRoutineInvocationException, true)]
    [InlineData(PostgresErrorCodes.AdminShutdown, false)]
    [InlineData(PostgresErrorCodes.SerializationFailure, false)]
    [InlineData(PostgresErrorCodes.DiskFull, false)]
    [InlineData(PostgresErrorCodes.UndefinedTable, false)]
    [InlineData(PostgresErrorCodes.InvalidPassword, false)]
    [InlineData(PostgresErrorCodes.ObjectNotInPrerequisiteState, false)]
    public void Only_what_the_message_brings_with_it_is_permanent(string sqlState, bool permanent)
    {
        var said = new PostgresException("said", "ERROR", "ERROR", sqlState);
        Assert.Equal(permanent, Failures.IsPermanent(said));
        Assert.Equal(permanent, Failures.IsPermanent(new InvalidOperationException("wrapped by EF Core", said)));
    }

    [Fact]
    public void A_connection_that_is_lost_is_not_permanent() => Assert.False(Failures.IsPermanent(
        new InvalidOperationException("wrapped by EF Core", new NpgsqlException("lost", new SocketException((int)SocketError.ConnectionReset)))));

    [Fact]
    public void What_a_handler_throws_is_permanent() => Assert.True(Failures.IsPermanent(new JsonException()));

    [Fact]
    public void Being_stopped_is_not_permanent() => Assert.False(Failures.IsPermanent(new TaskCanceledException()));
}
