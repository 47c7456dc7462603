/** `npm run screenshots`: makes the pictures of the documents again. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readFlags, runMain } from '@quadrille/command-line'
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { launchChromium } from '../console/chromium.ts'
import { filesOf, type Picture, pictures } from './pictures.ts'
import { type PicturedShop, startShop } from './shop.ts'

const folder = new URL('../../docs/pictures/', import.meta.url).pathname
const width = 1_360
const defaultHeight = 800
const maxBytes = 150_000

const help = `Usage: npm run screenshots [-- NAME… | --help]

Makes the pictures of the documents, docs/pictures: starts a separate shop by npm start, makes what each picture shows happen
there, and takes a screenshot of the console in Chromium. With names, keeps the files of the other pictures.

Pictures: ${pictures.map(({ name }) => name).join(', ')}

CHROMIUM_PATH   the browser (default: the installed one, or else one from npm, for Linux on x64)`

/** A PNG with a palette, which is a third of the size and looks the same. @throws if it is too large for a document. */
const compress = async (png: Buffer, file: string): Promise<Buffer> => {
  const small = await sharp(png).png({ palette: true, quality: 90, effort: 10 }).toBuffer()
  if (small.length > maxBytes) throw new Error(`${file} has ${small.length} bytes, and may have ${maxBytes}.`)
  return small
}

interface Taking {
  readonly shop: PicturedShop
  readonly browser: Browser
}

/** Takes the picture in each theme. */
const take = async (picture: Picture, path: string, { shop, browser }: Taking): Promise<void> => {
  const { themes = ['light'], height = defaultHeight, ready } = picture
  for (const [index, file] of filesOf(picture).entries()) {
    const viewport = { width, height }
    const colorScheme = themes[index] ?? 'light'
    const page = await browser.newPage({ viewport, colorScheme, deviceScaleFactor: 2, locale: 'en-US' })
    await page.goto(shop.consoleUrl + path)
    await ready(page, shop)
    await page.getByText('Loading…').first().waitFor({ state: 'detached' })
    writeFileSync(join(folder, file), await compress(await page.screenshot({ animations: 'disabled' }), file))
    await page.close()
    console.log(file)
  }
}

const takeAll = async (names: readonly string[], shop: PicturedShop): Promise<void> => {
  const browser = await launchChromium({ handleSIGINT: false }) // the shop must end first
  try {
    for (const picture of pictures) {
      const path = await picture.prepare(shop) // even if it is not taken, because later pictures show it
      if (names.length === 0 || names.includes(picture.name)) await take(picture, path, { shop, browser })
      await picture.after?.(shop)
    }
  } finally {
    await browser.close()
  }
}

const main = async (): Promise<void> => {
  const options = { help: { type: 'boolean', default: false } } as const
  const { values, positionals } = readFlags('npm run screenshots', { options, allowPositionals: true })
  if (values.help) return console.log(help)
  const unknown = positionals.filter((name) => !pictures.some((picture) => picture.name === name))
  if (unknown.length > 0)
    throw new Error(`There is no picture ${unknown.join(', ')}. See: npm run screenshots -- --help`)
  mkdirSync(folder, { recursive: true })
  const shop = await startShop()
  try {
    await takeAll(positionals, shop)
  } finally {
    await shop.stop()
  }
}

await runMain('screenshots', main)
