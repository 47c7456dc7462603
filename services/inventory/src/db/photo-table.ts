/** The tables `photo` and `photo_folder`: one statement per function. */
import type { PhotoBlob, PhotoRejection, PhotoVariant } from '@quadrille/events'
import { parameterTable, type Sql, type Statement } from '@quadrille/postgres'
import type { Photo, ReadyPhoto } from '../domain/photo.ts'

interface PhotoRow {
  readonly photoId: string
  readonly sku: string
  readonly status: Photo['status']
  readonly original: PhotoBlob
  /** Null unless the photo is ready; the table checks it. */
  readonly variants: readonly PhotoVariant[] | null
  /** Null unless the photo is rejected. */
  readonly reason: PhotoRejection | null
}

const columns = `photo_id as "photoId", sku, status, original, variants, reason`

/** Locks the claimed photos, in the order of their ids, until the transaction ends. */
export const lockPhotos = async (sql: Sql, claimedSql: string): Promise<Photo[]> => {
  const rows = await sql.query<PhotoRow>(
    `select ${columns} from photo where photo_id = any(${claimedSql}) order by photo_id for update`,
  )
  return rows.map(toPhoto)
}

/** Reads photos by their ids without a lock. */
export const findPhotos = async (sql: Sql, photoIds: readonly string[]): Promise<Photo[]> => {
  const rows = await sql.query<PhotoRow>(`select ${columns} from photo where photo_id = any($1::uuid[])`, [photoIds])
  return rows.map(toPhoto)
}

/** Finds the photo of a SKU to serve: of those that are ready, the one that was uploaded last. */
export const findServedPhoto = async (sql: Sql, sku: string): Promise<ReadyPhoto | undefined> => {
  const [row] = await sql.query<PhotoRow>(
    `select ${columns} from photo where sku = $1 and status = 'ready' order by upload_number desc limit 1`,
    [sku],
  )
  const photo = row && toPhoto(row)
  return photo?.status === 'ready' ? photo : undefined
}

/** Finds the last upload of a SKU. */
export const findLastPhoto = async (sql: Sql, sku: string): Promise<Photo | undefined> => {
  const [row] = await sql.query<PhotoRow>(
    `select ${columns} from photo where sku = $1 order by upload_number desc limit 1`,
    [sku],
  )
  return row && toPhoto(row)
}

/** Whether a photo still waits to be processed: `replaced` if a later upload of its SKU is ready. Others may yet be rejected. */
export const findProgress = async (sql: Sql, photoId: string): Promise<'waiting' | 'replaced' | 'ended'> => {
  const [row] = await sql.query<{ isReplaced: boolean }>(
    `select exists (
       select from photo as later
       where later.sku = photo.sku and later.upload_number > photo.upload_number and later.status = 'ready'
     ) as "isReplaced"
     from photo where photo_id = $1 and status = 'processing'`,
    [photoId],
  )
  if (!row) return 'ended'
  return row.isReplaced ? 'replaced' : 'waiting'
}

/** Counts the photos that were uploaded within a day and wait to be processed, up to `max`. An older one may have lost its task. */
export const countWaitingPhotos = async (sql: Sql, max: number): Promise<number> => {
  const [row] = await sql.query<{ waiting: number }>(
    `select count(*)::int as waiting from (
       select from photo where status = 'processing' and updated_at > now() - interval '1 day' limit $1
     ) as first_ones`,
    [max],
  )
  return row?.waiting ?? 0
}

/**
 * Deletes up to `limit` photos that a later upload has replaced for over an hour, and returns their number. A rejected one is replaced
 * by any later upload, others only by a ready one. One that still waits for its task is kept for a day. It looks only at SKUs that had
 * an upload or an outcome in the last week. Where no instance ran for a week, a replaced photo remains until the next upload of its SKU.
 */
export const deleteReplacedPhotos = async (sql: Sql, limit: number): Promise<number> => {
  const rows = await sql.query(
    `delete from photo where photo_id in (
       select photo.photo_id from photo as recent join photo on photo.sku = recent.sku
       where recent.updated_at between now() - interval '7 days' and now() - interval '1 hour'
         and photo.updated_at < now() - case photo.status when 'processing' then interval '1 day' else interval '1 hour' end
         and exists (
           select from photo as later
           where later.sku = photo.sku and later.upload_number > photo.upload_number
             and (later.status = 'ready' or photo.status not in ('processing', 'ready')) and later.updated_at < now() - interval '1 hour'
         )
       limit $1 for update of photo skip locked
     ) returning 1`,
    [limit],
  )
  return rows.length
}

/** Whether a photo was ever uploaded. The last upload of a SKU is never deleted. */
export const hasPhotos = async (sql: Sql): Promise<boolean> => (await sql.query('select from photo limit 1')).length > 0

/** The name of the folder in PHOTOS_DIR that has the blobs of this database. */
export const findPhotoFolder = async (sql: Sql): Promise<string> => {
  const [row] = await sql.query<{ name: string }>('select name from photo_folder')
  if (!row) throw new Error('photo_folder has no row. Migrate the database.')
  return row.name
}

const given = parameterTable({
  photo_id: 'uuid',
  sku: 'text',
  status: 'text',
  original: 'jsonb',
  variants: 'jsonb',
  reason: 'text',
})

/** @throws a unique violation if another transaction was faster. */
export const insertPhotos = (photos: readonly Photo[]): Statement => ({
  text: `insert into photo (${given.columns})
    select ${given.columns} from ${given.sql} as given order by photo_id`,
  values: given.values(photos.map(toRow)),
})

/** Writes photos that this transaction has locked. */
export const updatePhotos = (photos: readonly Photo[]): Statement => ({
  text: `update photo set status = given.status, variants = given.variants, reason = given.reason, updated_at = now()
    from ${given.sql} as given where photo.photo_id = given.photo_id`,
  values: given.values(photos.map(toRow)),
})

const toPhoto = ({ photoId, sku, original, status, variants, reason }: PhotoRow): Photo => {
  const base = { photoId, sku, original }
  if (status === 'ready' && variants) return { ...base, status, variants }
  if (status === 'rejected' && reason) return { ...base, status, reason }
  return { ...base, status: 'processing' }
}

const toRow = (photo: Photo) => ({
  photo_id: photo.photoId,
  sku: photo.sku,
  status: photo.status,
  original: JSON.stringify(photo.original),
  variants: photo.status === 'ready' ? JSON.stringify(photo.variants) : null,
  reason: photo.status === 'rejected' ? photo.reason : null,
})
