/** Where Kubernetes 1.37 lets a volume name the owner of its files. */
export const fileOwners: readonly string[] = [
  ...["configMap", "secret", "downwardAPI", "projected"].map((kind) => `spec.volumes[].${kind}.defaultUser`),
  ...["configMap", "secret", "downwardAPI", "projected.sources[].configMap"].map(itemsUser),
  ...["projected.sources[].secret", "projected.sources[].downwardAPI"].map(itemsUser),
  "spec.volumes[].projected.sources[].serviceAccountToken.user",
];

function itemsUser(kind: string): string {
  return `spec.volumes[].${kind}.items[].user`;
}
