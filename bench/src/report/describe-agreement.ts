import { agreementOf, pairRows, tolerated, type Agreement } from './agreement.ts';
import type { GoalHistory } from './records.ts';

const rule = `two agree if neither was void and their medians lie within ${tolerated * 100} % (three times what a run may differ from itself) or, where an interval holds 0, if the intervals overlap`;

/** In one line: of how many rows a run of another day or machine says the same. */
export function describeAgreement(histories: readonly GoalHistory[]): string {
  if (histories.every(({ records }) => records.length < 2))
    return '**Two runs:** no goal has been measured on another day or machine yet, so whether its rows agree is not known.';
  const said = histories.flatMap(({ records: [newest, other] }) =>
    pairRows(newest?.rows ?? [], other?.rows ?? []).map(agreementOf),
  );
  const countOf = (agreement: Agreement): number => said.filter((each) => each === agreement).length;
  const others = (['differ', 'void in one', 'only in one'] as const)
    .filter((agreement) => countOf(agreement) > 0)
    .map((agreement) => `${countOf(agreement)} ${agreement}`);
  const rest = others.length === 0 ? '' : ` (${others.join(', ')})`;
  return `**Two runs** of different days or machines agree in ${countOf('agree')} of ${said.length} rows${rest}: ${rule}.`;
}
