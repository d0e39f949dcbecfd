/** UID of every pod that this package makes. */
export const testPodUid = "5d3c1c52-0000-4000-8000-000000000001";
