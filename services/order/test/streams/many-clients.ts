/** A process with many clients of one stream: URL COUNT. Prints how many have begun, and the least and the greatest number of events. */
import { request } from 'node:http'

const [, , url = '', count = '1'] = process.argv

const clients = Array.from({ length: Number(count) }, () => {
  const client = { hasBegun: false, events: 0 }
  const asked = request(url, { headers: { accept: 'text/event-stream' }, agent: false }, (response) => {
    let line = ''
    response.setEncoding('utf8').on('data', (chunk: string) => {
      client.hasBegun = true
      const lines = (line + chunk).split('\n')
      line = lines.pop() ?? ''
      client.events += lines.filter((text) => text.startsWith('data: {"')).length
    })
    response.on('close', () => process.exit(1))
  })
  asked.on('error', () => process.exit(1)).end()
  return client
})

setInterval(() => {
  const events = clients.map((client) => client.events)
  const begun = clients.filter(({ hasBegun }) => hasBegun).length
  console.log(JSON.stringify({ begun, least: Math.min(...events), greatest: Math.max(...events) }))
}, 50)
process.stdin.on('end', () => process.exit(0)).resume()
