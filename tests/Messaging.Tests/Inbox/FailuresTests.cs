using System.Net.Sockets;
using System.Text.Json;
using Messaging.Inbox.Consuming;
using Npgsql;

namespace Messaging.Tests.Inbox;

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
    public void Only_a_failure_that_the_message_causes_is_permanent(string sqlState, bool permanent)
    {
        var error = new PostgresException("said", "ERROR", "ERROR", sqlState);
        Assert.Equal(permanent, Failures.IsPermanent(error));
        Assert.Equal(permanent, Failures.IsPermanent(new InvalidOperationException("wrapped by EF Core", error)));
    }

    [Fact]
    public void A_lost_connection_is_not_permanent() => Assert.False(Failures.IsPermanent(
        new InvalidOperationException(
            "wrapped by EF Core", new NpgsqlException("lost", new SocketException((int)SocketError.ConnectionReset)))));

    [Fact]
    public void An_exception_of_a_handler_is_permanent() => Assert.True(Failures.IsPermanent(new JsonException()));

    [Fact]
    public void The_end_of_the_service_is_not_permanent() => Assert.False(Failures.IsPermanent(new TaskCanceledException()));
}
