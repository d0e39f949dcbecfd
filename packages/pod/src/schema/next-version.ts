/**
 * What Kubernetes 1.37 adds to the types (pod-semantics F2; `types.go` of k8s.io/api v0.37), in the notation of the
 * generated types: a pod of a newer cluster holds them, and a report must name them as the fields that they are.
 */
export const nextVersionText: string = `
ClusterTrustBundleProjection
 user int64
ConfigMapVolumeSource
 defaultUser int64
DownwardAPIVolumeFile
 user int64
DownwardAPIVolumeSource
 defaultUser int64
EmptyDirVolumeSource
 mode int32
EvictionResponder
 name! string
 priority! int32
GRPCAction
 mode (Plaintext|TLS)
HTTPGetAction
 protocol (HTTP1|HTTP2)
JobSpec
 scheduling any
KeyToPath
 user int64
PodCertificateProjection
 user int64
PodSpec
 evictionResponders [EvictionResponder]
ProjectedVolumeSource
 defaultUser int64
SecretVolumeSource
 defaultUser int64
ServiceAccountTokenProjection
 user int64
VolumeMount
 bindMountOptions [(nodev|noexec|nosuid)]
`;
