using Microsoft.EntityFrameworkCore;
using SenderService.Data;

namespace SenderService.Tests.Data;

public sealed class SchemaTests
{
    [Fact]
    public void The_migrations_contain_the_whole_model()
    {
        using var context = new DesignTimeSenderDbContext().CreateDbContext([]);
        Assert.False(context.Database.HasPendingModelChanges());
    }
}
