import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const script = resolve(import.meta.dirname, '../scripts/generate.ts')
const generateInto = (folder: string) => promisify(execFile)(process.execPath, [script, folder])

describe('the generator', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quadrille-generate-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('writes everything, and the same again', async () => {
    await generateInto(folder)
    const { stdout } = await generateInto(folder)
    expect(stdout).toMatch(/^Wrote 0 new schemas, docs\/asyncapi\.yaml and docs\/choreography\.md\.\n$/)
    expect((await readdir(join(folder, 'docs'))).sort()).toEqual(['asyncapi.yaml', 'choreography.md'])
  })

  it('replaces the diagram of the README', async () => {
    await writeFile(join(folder, 'README.md'), 'before\n```mermaid\nan older one\n```\nafter\n')
    await generateInto(folder)
    const [diagram] = /^```mermaid\n.*?^```$/ms.exec(await readFile(join(folder, 'docs/choreography.md'), 'utf8')) ?? []
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe(`before\n${diagram}\nafter\n`)
  })

  it('replaces the diagram of the overview, which is up to date', async () => {
    const page = await readFile(resolve(import.meta.dirname, '../../../docs/overview.md'), 'utf8')
    const older = page.replace(/^```mermaid\n.*?^```$/ms, '```mermaid\nan older one\n```')
    await mkdir(join(folder, 'docs'))
    await writeFile(join(folder, 'docs/overview.md'), older)
    await generateInto(folder)
    expect(await readFile(join(folder, 'docs/overview.md'), 'utf8')).toBe(page)
  })

  it('never overwrites a published schema, and then writes nothing at all', async () => {
    await generateInto(folder)
    const snapshot = join(folder, 'packages/events/schemas/PaymentVoided/1.json')
    const published = (await readFile(snapshot, 'utf8')).replace('"orderId"', '"order"')
    await writeFile(snapshot, published)
    await writeFile(join(folder, 'docs/asyncapi.yaml'), 'left alone')
    await expect(generateInto(folder)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("PaymentVoided/1.json is published and can't change."),
    })
    expect(await readFile(snapshot, 'utf8')).toBe(published)
    expect(await readFile(join(folder, 'docs/asyncapi.yaml'), 'utf8')).toBe('left alone')
  })
})
