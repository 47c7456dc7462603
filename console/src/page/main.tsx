/** The page of the console. */
import { render } from 'preact'
import { App } from './app.tsx'
import { followDemo } from './demo.ts'
import { followLive } from './live.ts'
import { followLinks } from './location.ts'
import './styles/main.css'

followLinks()
followLive()
followDemo()
render(<App />, document.body)
