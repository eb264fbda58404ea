// A vote as everybody may see it: what is needed before, the arithmetic after, always with its base.

import type { Snapshot, Vote } from '../api/types';
import { needs } from '../state/majority';
import { nameOf } from '../state/store';
import { percent } from '../text/format';
import { known, t, tr, word } from '../text/i18n';
import { Icon } from './icon';
import { Until } from './ring';

const countName = (name: string): string => word('count', name);

/** "Cần 38: quá nửa (> 1/2) của 75 đại biểu" */
export const NeedLines = ({ state, vote }: { state: Snapshot; vote: Vote }) => (
  <ul class="needs">
    {needs(state, vote).map((need) => (
      <li key={`${need.rule.of}${need.rule.base}`}>
        <span class="need-number">{need.needed ?? '–'}</span>
        <span>
          {t(need.rule.strict ? 'vote.need_more' : 'vote.need_least', {
            share: `${need.rule.num}/${need.rule.den}`,
            base: need.base ?? '?',
            name: countName(need.rule.base),
            of: countName(need.rule.of),
          })}
          {need.rule.rule && <span class="rule">{t('rule', { rule: need.rule.rule })}</span>}
        </span>
      </li>
    ))}
  </ul>
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
                {percent(n, base.value)}
                <Bar share={base.value > 0 ? n / base.value : 0} tone={option.as} />
              </td>
            </tr>
          );
        })}
        {notVoted > 0 && (
          <tr class="result-rest">
            <th scope="row">{t('vote.did_not_vote')}</th>
            <td class="result-number">{notVoted}</td>
            <td class="result-share">{percent(notVoted, base.value)}</td>
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
      <p class="explanation">{tr(vote.result.explanation)}</p>
      {(vote.result.rule || vote.ballot.rule) && (
        <p class="rule">{t('rule', { rule: vote.result.rule || vote.ballot.rule || '' })}</p>
      )}
    </div>
  );
};

export const VoteRunning = ({ state, vote }: { state: Snapshot; vote: Vote }) => (
  <div class="vote-running">
    <div class="turnout">
      <span class="turnout-number">
        {vote.turnout ?? '–'}
        <small>/{vote.eligible}</small>
      </span>
      <span class="turnout-words">{t('vote.turnout')}</span>
      <Until at={vote.ends_at} />
    </div>
    {vote.turnout !== undefined && (
      <progress class="progress" max={Math.max(1, vote.eligible)} value={vote.turnout} aria-label={t('vote.turnout')} />
    )}
    <NeedLines state={state} vote={vote} />
    <p class="dim">
      {tr(vote.ballot.name)} · {word('form', vote.ballot.form)} · {word('secrecy', vote.ballot.secrecy)}
    </p>
  </div>
);
