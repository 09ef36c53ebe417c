using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace OrderService.Data;

/// <summary>Lets <c>dotnet ef migrations add</c> see the model without a database or a broker.</summary>
internal sealed class DesignTimeOrderDbContext : IDesignTimeDbContextFactory<OrderDbContext>
{
    public OrderDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<OrderDbContext>().UseNpgsql("Host=localhost;Database=orderdb").Options);
}
