using Microsoft.EntityFrameworkCore;
using SenderService.Data;

namespace SenderService.Tests.Data;

public sealed class SchemaTests
{
    [Fact]
    public void The_migrations_say_all_that_the_model_says()
    {
        using var context = new DesignTimeSenderDbContext().CreateDbContext([]);
        Assert.False(context.Database.HasPendingModelChanges());
    }
}
