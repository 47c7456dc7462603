/** The fields in which two states differ, as a table. */
import { Breakable } from './breakable.tsx'
import { stateDiff } from './state-diff.ts'

/** A state may have a thousand lines. Further fields are only counted. */
const maxFields = 50

interface StateChangesProps {
  readonly before: unknown
  readonly after: unknown
}

export const StateChanges = ({ before, after }: StateChangesProps) => {
  const changes = stateDiff(before, after)
  if (changes.length === 0) return <p class="faint">The state stays as it is.</p>
  return (
    <>
      <table class="diff">
        <caption>The state</caption>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {changes.slice(0, maxFields).map(({ path, before: old, after: next }) => (
            <tr key={path}>
              <th scope="row">
                <Breakable name={path} />
              </th>
              <td>{old === null ? none : <del>{breakable(old)}</del>}</td>
              <td>{next === null ? none : <ins>{breakable(next)}</ins>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {changes.length > maxFields && <p class="faint">and {changes.length - maxFields} more fields</p>}
    </>
  )
}

const none = '–'

const breakable = (json: string) => <Breakable name={json} />
