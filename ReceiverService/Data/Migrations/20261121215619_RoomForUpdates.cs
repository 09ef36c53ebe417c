using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ReceiverService.Data.Migrations
{
    /// <inheritdoc />
    public partial class RoomForUpdates : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterTable(
                name: "entity_items")
                .Annotation("Npgsql:StorageParameter:fillfactor", 70);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterTable(
                name: "entity_items")
                .OldAnnotation("Npgsql:StorageParameter:fillfactor", 70);
        }
    }
}
