import { figure } from "./figure.ts";
import { html, type Html } from "./html.ts";

/** A table of names, each with how often it was; `all` is the last row, where there is one. */
export function countTable(
  heads: { readonly name: string; readonly count: string },
  rows: readonly { readonly name: Html | string; readonly count: number }[],
  all: number | null = null,
): Html {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">${heads.name}</th>
        <th scope="col" class="number">${heads.count}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map((row) => countRow(row))}
    </tbody>
    ${
      all === null
        ? ""
        : html`<tfoot>
            ${countRow({ name: "All", count: all })}
          </tfoot>`
    }
  </table>`;
}

function countRow({ name, count }: { readonly name: Html | string; readonly count: number }): Html {
  return html`<tr>
    <th scope="row">${name}</th>
    <td class="number">${figure(count)}</td>
  </tr>`;
}
