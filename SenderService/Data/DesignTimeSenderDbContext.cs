using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace SenderService.Data;

/// <summary>Lets <c>dotnet ef migrations add</c> see the model without a database or a broker.</summary>
internal sealed class DesignTimeSenderDbContext : IDesignTimeDbContextFactory<SenderDbContext>
{
    public SenderDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SenderDbContext>().UseNpgsql("Host=localhost;Database=senderdb").Options);
}
