/** The page of the console. */
import { render } from 'preact'
import { App } from './app.tsx'
import { followLive } from './live.ts'
import { followLinks } from './location.ts'
import './styles/main.css'

followLinks()
followLive()
render(<App />, document.body)
