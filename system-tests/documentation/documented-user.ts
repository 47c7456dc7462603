/** Creates a user and a policy of RabbitMQ as a page describes. */
import { randomUUID } from 'node:crypto'
import { manage, type Vhost } from '@quadrille/testing'
import { inject, onTestFinished } from 'vitest'
import { commandsOf } from './documents.ts'

/** The virtual host's URL for a user with the permissions that the page gives to `name`, under a unique name. */
export const urlOfDocumentedUser = async (page: string, name: string, vhost: Vhost): Promise<string> => {
  const serverUrl = inject('rabbitmqUrl')
  const commands = commandsOf(page).join('\n')
  const [, password = ''] = new RegExp(`^rabbitmqctl add_user ${name} (\\S+)$`, 'm').exec(commands) ?? []
  const rights = new RegExp(`^rabbitmqctl set_permissions ${name} '(.+)' '(.+)' '(.+)'$`, 'm').exec(commands)
  if (password === '' || !rights) throw new Error(`${page} doesn't describe how to create the user ${name}.`)
  const [, configure, write, read] = rights
  const username = `${name}-${randomUUID()}`
  await manage(serverUrl, `PUT /api/users/${username}`, { password, tags: '' })
  onTestFinished(async () => void (await manage(serverUrl, `DELETE /api/users/${username}`)))
  await manage(serverUrl, `PUT /api/permissions/${vhost.name}/${username}`, { configure, write, read })
  return Object.assign(new URL(vhost.url), { username, password }).href
}

/** Sets the policy of this name that the page describes, and returns its definition. */
export const setDocumentedPolicy = async (page: string, name: string, vhost: Vhost): Promise<object> => {
  const command = new RegExp(`^rabbitmqctl set_policy ${name} '(.+)' '(.+)' --apply-to queues$`, 'm')
  const [, pattern, definition = ''] = command.exec(commandsOf(page).join('\n')) ?? []
  const policy = { pattern, definition: JSON.parse(definition), 'apply-to': 'queues' }
  await manage(inject('rabbitmqUrl'), `PUT /api/policies/${vhost.name}/${name}`, policy)
  return policy.definition
}
