/** Bugs in the handling of photos. */
import { edit, type PlantedBug } from '../bug.ts'

export const photoBugs: readonly PlantedBug[] = [
  {
    name: 'process a photo whose stored bytes were altered',
    edits: [
      edit(
        'services/inventory/src/photos/images/render-photo.ts',
        "return hashOf(bytes) === sha256 ? bytes : 'altered'",
        'return sha256 ? bytes : bytes',
      ),
    ],
    file: 'services/inventory/test/photos/render-photo.unit.test.ts',
    test: 'rejects a blob that has other bytes of the same length, although they may be an image',
    failure: "expected { status: 'rejected', …(1) } to deeply equal { status: 'rejected', …(1) }",
  },
  {
    name: 'store the bytes of a photo after its commit',
    edits: [
      edit(
        'services/inventory/src/http/put-photo.ts',
        'const stored = await reachable(blobs.put(key, checked(upload)))\n',
        "const stored = { size: 1, sha256: '0'.repeat(64) }\n",
      ),
      edit(
        'services/inventory/src/http/put-photo.ts',
        '      return { status: 202,',
        '      await reachable(blobs.put(key, checked(upload)))\n      return { status: 202,',
      ),
    ],
    file: 'services/inventory/test/photos/photos.int.test.ts',
    test: 'over 10 MB without a Content-Length is refused and leaves nothing',
    failure: 'expected 1 to be +0',
  },
  {
    name: 'sweep the blob of an upload that is not committed yet',
    edits: [edit('services/inventory/src/photos/blobs/sweep.ts', 'blob.ageMs > minAgeMs', 'blob.ageMs > minAgeMs / 2')],
    file: 'services/inventory/test/photos/sweep.unit.test.ts',
    test: 'keeps a blob for an hour, because its photo may not be committed yet',
    failure: 'expected 2 to be +0',
  },
  {
    name: 'let a photo use the processor without a limit',
    edits: [
      edit(
        'services/inventory/src/photos/images/worker.ts',
        'cpuTimeUsed(cpuLimitMs, ended.signal)',
        'cpuTimeUsed(cpuLimitMs * 1_000_000, ended.signal)',
      ),
    ],
    file: 'services/inventory/test/photos/pool.unit.test.ts',
    test: 'rejects a photo that needs more processor time than allowed',
    failure: "expected { status: 'ready', variants: [ …(3) ] } to deeply equal { status: 'rejected', …(1) }",
  },
  {
    name: 'serve the photo whose outcome came last',
    edits: [
      edit(
        'services/inventory/src/db/photo-table.ts',
        "sku = $1 and status = 'ready' order by upload_number desc",
        "sku = $1 and status = 'ready' order by updated_at desc",
      ),
    ],
    file: 'services/inventory/test/photos/photos.int.test.ts',
    test: 'the later one is served, even if the outcome of the earlier one comes last',
    failure: 'to match object { width: 300, height: 400 }',
  },
]
