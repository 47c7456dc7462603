/** A hundred photos: made, uploaded, and counted. */
import sharp from 'sharp'

/** A JPEG of 12 megapixels and about 5 MB, with noise as in a photo. */
export const makePhoto = (): Promise<Buffer> => {
  const [width, height] = [4_000, 3_000]
  const noise = { type: 'gaussian', mean: 128, sigma: 20 } as const
  return sharp({ create: { width, height, channels: 3, background: 'black', noise } })
    .jpeg({ quality: 81 })
    .toBuffer()
}

/** Uploads the photo to each SKU, a few at a time, and resolves to the paths of the uploads. @throws if one is refused. */
export const uploadAll = async (inventoryUrl: string, skus: readonly string[], photo: Buffer): Promise<string[]> => {
  const left = [...skus]
  const paths: string[] = []
  const uploadSome = async () => {
    for (let sku = left.pop(); sku !== undefined; sku = left.pop()) {
      const url = `${inventoryUrl}/stock/${sku}/photo`
      const init = { method: 'PUT', headers: { 'content-type': 'image/jpeg' }, body: new Uint8Array(photo) }
      const response = await fetch(url, init)
      await response.arrayBuffer()
      if (response.status !== 202) throw new Error(`PUT ${url} was answered with ${response.status}.`)
      paths.push(response.headers.get('location') ?? '')
    }
  }
  await Promise.all(Array.from({ length: 4 }, uploadSome))
  return paths
}

/** The number of uploads that are ready. @throws if one was rejected. */
export const countReady = async (inventoryUrl: string, paths: readonly string[]): Promise<number> => {
  const statuses = await Promise.all(
    paths.map(async (path) => {
      const response = await fetch(inventoryUrl + path)
      return ((await response.json()) as { readonly status: string }).status
    }),
  )
  const other = statuses.find((status) => status !== 'ready' && status !== 'processing')
  if (other !== undefined) throw new Error(`A photo is ${other}.`)
  return statuses.filter((status) => status === 'ready').length
}
