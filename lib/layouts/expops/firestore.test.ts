import { describeCloud } from "./testing/describe-cloud.ts";
import { openRecordedBucket, openRecordedFirestore } from "./testing/recorded-firestore.ts";

describeCloud("documents and a bucket in memory", async () => ({
  index: [{ driver: await openRecordedFirestore(), scope: null }],
  blobs: [{ driver: await openRecordedBucket(), scope: null }],
}));
