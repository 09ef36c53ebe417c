using Microsoft.EntityFrameworkCore;
using ReceiverService.Data;

namespace ReceiverService.Tests.Data;

public sealed class SchemaTests
{
    [Fact]
    public void The_migrations_contain_the_whole_model()
    {
        using var context = new DesignTimeReceiverDbContext().CreateDbContext([]);
        Assert.False(context.Database.HasPendingModelChanges());
    }
}
