using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ReceiverService.Data.Migrations
{
    /// <inheritdoc />
    public partial class DeadLetterReplay : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "is_dead_letter",
                table: "inbox_messages",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "occurred_at",
                table: "inbox_messages",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "type",
                table: "inbox_messages",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "replays",
                table: "dead_letters",
                type: "integer",
                nullable: false,
                defaultValue: 0);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "is_dead_letter",
                table: "inbox_messages");

            migrationBuilder.DropColumn(
                name: "occurred_at",
                table: "inbox_messages");

            migrationBuilder.DropColumn(
                name: "type",
                table: "inbox_messages");

            migrationBuilder.DropColumn(
                name: "replays",
                table: "dead_letters");
        }
    }
}
