/** The published packages, and the dependencies that their tarballs contain. */

/** Each package follows those that it depends on. All other packages belong to the shop, its tools or its tests. */
export const published = [
  'async',
  'messages',
  'messaging',
  'postgres',
  'outbox',
  'service',
  'embedded-postgres',
  'testing',
] as const

export type Published = (typeof published)[number]

interface Bundled {
  readonly name: string
  /** The files and folders that are used, and the licenses. */
  readonly files: readonly string[]
}

const amqplib: Bundled = {
  name: 'amqplib',
  files: ['LICENSE', 'LICENSE-MIT', 'lib', 'channel_api.js', 'callback_api.js', 'index.d.ts', 'callback_api.d.ts'],
}

/**
 * Dependencies that this workspace patches, or installs without their own dependencies (pnpm-workspace.yaml). Other workspaces
 * wouldn't do that, so the tarballs contain the files that are installed here. They have no dependencies.
 */
export const bundled: Partial<Readonly<Record<Published, readonly Bundled[]>>> = {
  messaging: [amqplib],
  testing: [amqplib],
  service: [
    {
      name: '@asyncapi/react-component',
      files: [
        'LICENSE',
        'browser/standalone/without-parser.js',
        'browser/standalone/without-parser.js.LICENSE.txt',
        'styles/default.min.css',
      ],
    },
    {
      name: 'swagger-ui-dist',
      files: ['LICENSE', 'NOTICE', 'swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt'],
    },
  ],
}
