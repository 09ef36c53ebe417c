using Microsoft.EntityFrameworkCore;
using Npgsql;
using ServiceDefaults.Resilience;

namespace Messaging.Tests.Resilience;

public sealed class DatabaseAbsenceTests
{
    [Theory]
    [InlineData("08006", true)]
    [InlineData("28P01", true)]
    [InlineData("3D000", true)]
    [InlineData("25006", true)]
    [InlineData("25P03", true)]
    [InlineData("42501", true)]
    [InlineData("42P01", true)]
    [InlineData("53100", true)]
    [InlineData("53300", true)]
    [InlineData("55P03", true)]
    [InlineData("57014", true)]
    [InlineData("57P01", true)]
    [InlineData("57P03", true)]
    [InlineData("58030", true)]
    [InlineData("22001", false)]
    [InlineData("22P05", false)]
    [InlineData("23505", false)]
    [InlineData("23514", false)]
    [InlineData("25P02", false)]
    [InlineData("40001", true)]
    [InlineData("40P01", true)]
    [InlineData("42601", false)]
    [InlineData("42P05", false)]
    [InlineData("P0001", false)]
    [InlineData("XX000", false)]
    public void The_server_says_by_its_state_whether_it_can_be_used(string sqlState, bool isAbsent)
    {
        var error = new PostgresException("text", "ERROR", "ERROR", sqlState);
        Assert.Equal(isAbsent, DatabaseAbsence.In(error) is not null);
        Assert.Equal(isAbsent, DatabaseAbsence.In(new DbUpdateException("wrapped", error)) is not null);
    }

    [Fact]
    public void A_server_that_does_not_answer_is_absent_and_any_other_exception_says_nothing_of_it()
    {
        Assert.NotNull(DatabaseAbsence.In(new NpgsqlException("No suitable host was found.")));
        Assert.NotNull(DatabaseAbsence.In(new InvalidOperationException("wrapped", new NpgsqlException("gone", new IOException()))));
        Assert.Null(DatabaseAbsence.In(new InvalidOperationException("a bug", new IOException())));
        Assert.Null(DatabaseAbsence.In(new TimeoutException()));
        Assert.Null(DatabaseAbsence.In(
            new OperationCanceledException("the caller has left", new PostgresException("t", "E", "E", "57014"))));
    }
}
