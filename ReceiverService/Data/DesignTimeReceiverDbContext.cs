using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace ReceiverService.Data;

/// <summary>Lets <c>dotnet ef migrations add</c> see the model without a database or a broker.</summary>
internal sealed class DesignTimeReceiverDbContext : IDesignTimeDbContextFactory<ReceiverDbContext>
{
    public ReceiverDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<ReceiverDbContext>().UseNpgsql("Host=localhost;Database=receiverdb").Options);
}
