// A vote as everybody may see it: what is needed before, the arithmetic after, always with its base.

import type { Snapshot, Vote } from '../api/types';
import { majorityWords, needs, type Need } from '../state/majority';
import { isBoxVote } from '../state/secret';
import { nameOf } from '../state/store';
import { percent } from '../text/format';
import { known, t, tr, word } from '../text/i18n';
import { Icon } from './icon';
import { Until } from './ring';
import { BoxNumbers } from './secret-vote';

const countName = (name: string): string => word('count', name);

const NeedLine = ({ need: { rule, base, needed } }: { need: Need }) => (
  <li>
    <span class="need-number">
      {needed === null || base === null ? `${rule.strict ? '>' : '≥'}\u202f${rule.num}/${rule.den}` : needed}
      {base !== null && <small>/{base}</small>}
    </span>
    <span>
      {t('vote.need', { of: countName(rule.of), words: majorityWords(rule) })}
      {needed === null && ` (${t('vote.need_open')})`}
      {rule.rule && <span class="rule">{t('rule', { rule: rule.rule })}</span>}
    </span>
  </li>
);

/** "38/75 cần số phiếu tán thành: quá nửa tổng số đại biểu", a line for each rule that must hold. */
export const Needs = ({ list, turnout }: { list: Need[]; turnout?: number }) =>
  list.length === 0 && !turnout ? null : (
    <ul class="needs">
      {list.map((need) => <NeedLine key={`${need.rule.of}${need.rule.base}${need.rule.num}`} need={need} />)}
      {turnout ? (
        <li>
          <span class="need-number">{turnout}</span>
          <span>{t('vote.least_turnout', { n: turnout })}</span>
        </li>
      ) : null}
    </ul>
  );

export const NeedLines = ({ state, vote }: { state: Snapshot; vote: Vote }) => (
  <Needs list={needs(state, vote)} turnout={vote.ballot.min_turnout} />
);

const outcomeTone = (outcome: string): string =>
  outcome === 'passed' ? 'good' : outcome === 'counted' || outcome === 'other' ? 'plain' : 'bad';

export const outcomeWords = (vote: Vote): string => {
  const result = vote.result;
  if (!result) return '';
  const key = known(`outcome.${result.outcome}`);
  return result.outcome === 'other' || !key ? (result.word ?? result.outcome) : t(key);
};

/** The base that the shares on the screen use: the base of the decision itself. */
const shownBase = (vote: Vote, subject: number): { name: string; value: number } => {
  const named = vote.result?.counts[subject]?.named ?? {};
  const name = vote.ballot.rules?.[0]?.base ?? 'cast';
  return { name, value: named[name] ?? 0 };
};

const Bar = ({ share, tone }: { share: number; tone: string }) => (
  <svg class={`bar ${tone}`} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
    <rect class="bar-track" width="100" height="8" rx="2" />
    <rect class="bar-fill" width={Math.max(0, Math.min(100, share * 100))} height="8" rx="2" />
  </svg>
);

/** Of which base a number can be a share: those who did not vote are no part of the votes cast. */
const isPartOf = (base: string, as: string): boolean =>
  base === 'expressed' ? as === 'for' || as === 'against'
    : ['cast', 'valid', 'returned'].includes(base) ? as !== 'not_voted'
    : base !== 'one';

export const ResultBars = ({ vote, subject = 0 }: { vote: Vote; subject?: number }) => {
  const counts = vote.result?.counts[subject];
  if (!counts) return null;
  const base = shownBase(vote, subject);
  const notVoted = counts.named.not_voted ?? 0;
  return (
    <table class="result-table">
      <caption class="visually-hidden">{t('vote.result')}</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">{t('vote.option')}</th>
          <th scope="col">{t('vote.votes')}</th>
          <th scope="col">{t('vote.share_of', { name: countName(base.name), base: base.value })}</th>
        </tr>
      </thead>
      <tbody>
        {vote.ballot.options.map((option) => {
          const n = counts.options[option.id] ?? 0;
          return (
            <tr key={option.id}>
              <th scope="row">{tr(option)}</th>
              <td class="result-number">{n}</td>
              <td class="result-share">
                {isPartOf(base.name, option.as) && (
                  <>
                    <Bar share={base.value > 0 ? n / base.value : 0} tone={option.as} />
                    <span>{percent(n, base.value)}</span>
                  </>
                )}
              </td>
            </tr>
          );
        })}
        {notVoted > 0 && (
          <tr class="result-rest">
            <th scope="row">{t('vote.did_not_vote')}</th>
            <td class="result-number">{notVoted}</td>
            <td class="result-share">
              {isPartOf(base.name, 'not_voted') && <span>{percent(notVoted, base.value)}</span>}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
};

const SubjectTable = ({ vote }: { vote: Vote }) => (
  <div class="scroll-x" tabIndex={0} role="group" aria-label={t('vote.result')}>
    <table class="subject-table">
      <thead>
        <tr>
          <th scope="col">{t('vote.subject')}</th>
          {vote.ballot.options.map((o) => (
            <th key={o.id} scope="col">{tr(o)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {vote.ballot.subjects.map((subject, i) => (
          <tr key={subject.id}>
            <th scope="row">{subject.name || nameOf(subject.id)}</th>
            {vote.ballot.options.map((o) => (
              <td key={o.id}>{vote.result?.counts[i]?.options[o.id] ?? 0}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

/** What was counted before the vote was held again: kept beside what is counted now. */
const Earlier = ({ vote }: { vote: Vote }) => (
  <>
    {(vote.earlier ?? []).map(({ form, result }, i) => (
      <p key={i} class="earlier">
        <strong>{t('vote.earlier', { n: i + 1, form: word('form', form) })}:</strong>{' '}
        {vote.ballot.options
          .map((o) => `${tr(o)} ${result.counts[0]?.options[o.id] ?? 0}`)
          .join(', ')}
        {' · '}{word('outcome', result.outcome)}
      </p>
    ))}
  </>
);

/** Votes of those who are away, in the hands of somebody who is here. */
const proxiesOf = (state: Snapshot, vote: Vote): number =>
  !vote.ballot.proxies ? 0 : state.persons.filter(
    (p) => p.proxy && p.presence !== 'present' && p.in_office && p.can_vote &&
      state.persons.some((holder) => holder.id === p.proxy && holder.presence === 'present'),
  ).length;

/** The rule of the result, where no majority names it already. */
const otherRule = (vote: Vote): string => {
  const rule = vote.result?.rule || vote.ballot.rule || '';
  return vote.ballot.rules?.some((one) => one.rule === rule) ? '' : rule;
};

export const VoteResult = ({ state, vote, large }: { state: Snapshot; vote: Vote; large?: boolean }) => {
  if (vote.state === 'cancelled') return <p class="dim">{t('vote.cancelled')}</p>;
  if (!vote.result) return null;
  const base = shownBase(vote, 0);
  return (
    <div class={large ? 'vote-result large' : 'vote-result'}>
      <p class={`outcome ${outcomeTone(vote.result.outcome)}`}>
        <Icon name={vote.result.outcome === 'passed' ? 'check' : vote.result.outcome === 'rejected' ? 'cross' : 'info'} />
        {outcomeWords(vote)}
      </p>
      {vote.ballot.subjects.length > 0 ? <SubjectTable vote={vote} /> : <ResultBars vote={vote} />}
      {base.value > 0 && (
        <p class="base-note">{t('vote.share_of', { name: countName(base.name), base: base.value })}</p>
      )}
      <NeedLines state={state} vote={vote} />
      {!large && <Earlier vote={vote} />}
      <p class="explanation">{tr(vote.result.explanation)}</p>
      {otherRule(vote) && <p class="rule">{t('rule', { rule: otherRule(vote) })}</p>}
    </div>
  );
};

export const VoteRunning = ({ state, vote }: { state: Snapshot; vote: Vote }) => (
  <div class="vote-running">
    {isBoxVote(vote) ? <BoxNumbers vote={vote} /> : (
      <div class="turnout">
        <span class="turnout-number">
          {vote.turnout ?? '–'}
          <small>/{vote.eligible}</small>
        </span>
        <span class="turnout-words">{t('vote.turnout')}</span>
        <Until at={vote.ends_at} />
      </div>
    )}
    {!isBoxVote(vote) && vote.turnout !== undefined && (
      <progress class="progress" max={Math.max(1, vote.eligible)} value={vote.turnout} aria-label={t('vote.turnout')} />
    )}
    <NeedLines state={state} vote={vote} />
    {proxiesOf(state, vote) > 0 && <p class="proxies">{t('vote.proxies', { n: proxiesOf(state, vote) })}</p>}
    <Earlier vote={vote} />
    <p class="dim">
      {tr(vote.ballot.name)} · {word('form', vote.ballot.form)} · {word('secrecy', vote.ballot.secrecy)}
    </p>
  </div>
);
