using Microsoft.EntityFrameworkCore;
using ReceiverService.Data;

namespace ReceiverService.Tests.Data;

public sealed class SchemaTests
{
    [Fact]
    public void The_migrations_say_all_that_the_model_says()
    {
        using var context = new DesignTimeReceiverDbContext().CreateDbContext([]);
        Assert.False(context.Database.HasPendingModelChanges());
    }
}
