/** Says on every page what is broken on purpose, so that it is not taken for a fault, and repairs it. */
import { demo } from '../../demo.ts'
import { RepairButton } from './repair-button.tsx'

export const BrokenBanner = () => {
  const { value: view } = demo
  return (
    <div role="status">
      {view?.broken.map((broken) => (
        <div key={broken.repair} class="banner broken">
          <p>
            <strong>Broken on purpose:</strong> {broken.text}
          </p>
          <RepairButton broken={broken} view={view} />
        </div>
      ))}
    </div>
  )
}
