/** `npm run configuration`: writes docs/configuration.md. */
import { writeFileSync } from 'node:fs'
import { configurationPage } from './configuration/page.ts'

writeFileSync(new URL('../../docs/configuration.md', import.meta.url), configurationPage())
console.log('Wrote docs/configuration.md.')
