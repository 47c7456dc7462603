import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { languageFiles } from '../scripts/files.ts'

describe('the generated files', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quadrille-generate-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }

  it('contain each schema once', async () => {
    const first = languageFiles(folder)
    expect([...first.keys()]).toContain('packages/events/schemas/PaymentVoided/1.json')
    for (const [path, text] of first) await put(path, text)
    expect([...languageFiles(folder).keys()]).toEqual(['docs/asyncapi.yaml', 'docs/choreography.md'])
  })

  it('contain the README with a new diagram', async () => {
    await put('README.md', 'before\n```mermaid\nan older one\n```\nafter\n')
    const files = languageFiles(folder)
    const [diagram] = /^```mermaid\n.*?^```$/ms.exec(files.get('docs/choreography.md') ?? '') ?? []
    expect(files.get('README.md')).toBe(`before\n${diagram}\nafter\n`)
  })

  it('contain the overview with a new diagram', async () => {
    const page = await readFile(resolve(import.meta.dirname, '../../../docs/overview.md'), 'utf8')
    await put('docs/overview.md', page.replace(/^```mermaid\n.*?^```$/ms, '```mermaid\nan older one\n```'))
    expect(languageFiles(folder).get('docs/overview.md')).toBe(page)
  })

  it('never contain a published schema with another text', async () => {
    const path = 'packages/events/schemas/PaymentVoided/1.json'
    await put(path, languageFiles(folder).get(path)?.replace('"orderId"', '"order"') ?? '')
    expect(() => languageFiles(folder)).toThrow(/^PaymentVoided\/1\.json is published and can't change\./)
  })
})
