// Questions that the procedure puts to this person: the answer is one press, the default is told.

import { computed } from '@preact/signals';
import type { Ask } from '../api/types';
import { ask, nameOf, roles, state, you } from '../state/store';
import { t, tr } from '../text/i18n';
import { Button } from './button';
import { Icon } from './icon';
import { Until } from './ring';

/** Those that this person may answer. */
export const myAsks = computed<Ask[]>(() => {
  const mine = you.value?.id;
  return (state.value?.asks ?? []).filter(
    (a) => a.ask_text.person === mine || a.ask_text.roles.some((r) => roles.value.includes(r)),
  );
});

const about = (a: Ask): string => {
  const request = a.request;
  const floor = state.value?.floor;
  const found =
    floor?.speeches.find((s) => s.request === request) ?? floor?.queue.find((w) => w.request === request);
  return found ? nameOf(found.person) : '';
};

export const AskCard = ({ question, large }: { question: Ask; large?: boolean }) => {
  const fallback = question.ask_text.options[question.ask_text.default ?? -1];
  return (
    <section class={large ? 'ask-card large' : 'ask-card'} aria-label={t('ask.title')}>
      <Icon name="warn" />
      <div class="ask-words">
        <p class="ask-text">{tr(question.ask_text.text)}</p>
        <p class="ask-about">
          {about(question)}
          {question.ends_at && (
            <>
              {' '}<Until at={question.ends_at} />
              {fallback && <span> · {t('ask.then', { option: tr(fallback) })}</span>}
            </>
          )}
          {question.ask_text.rule && <span class="rule">{t('rule', { rule: question.ask_text.rule })}</span>}
        </p>
      </div>
      <div class="button-row">
        {question.ask_text.options.map((option, i) => (
          <Button key={option.id} tone={i === 0 ? 'primary' : 'plain'} size={large ? 'large' : 'normal'}
            onClick={() => void ask('floor.answer', { ask: question.ask, answer: option.id })}>
            {tr(option)}
          </Button>
        ))}
      </div>
    </section>
  );
};

export const AskStrip = () => (
  <div class="ask-strip" role="region" aria-live="assertive" aria-label={t('ask.region')}>
    {myAsks.value.map((a) => <AskCard key={a.ask} question={a} />)}
  </div>
);
