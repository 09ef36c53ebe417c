namespace Aspire.Hosting.Dashboard.Grpc;

/// <summary>The status codes of gRPC that this server answers with; the numbers go over the wire.</summary>
internal enum GrpcStatus
{
    Ok = 0,
    Cancelled = 1,
    InvalidArgument = 3,
    NotFound = 5,
    ResourceExhausted = 8,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    Unauthenticated = 16,
}
