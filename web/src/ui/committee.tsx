// A committee member's panel: join and write the recovery code down, then everything up to the key is
// done by the page; later the box is opened with one press.

import '../style/box.css';
import { useEffect, useId, useState } from 'preact/hooks';
import type { Committee, Vote } from '../api/types';
import {
  advance, codeSaved, complain, isMember, joinCommittee, mine, openBox, opening, recover, wrongNames,
} from '../state/member';
import { boxWords, committee, isReady, loadBox, reached, sealedVote } from '../state/secret';
import { busy, link, you } from '../state/store';
import { known, t } from '../text/i18n';
import { Button } from './button';
import { Icon } from './icon';
import { SealedBox } from './secret-vote';

export const CommitteePanel = () => {
  const c = committee.value;
  const isOpen = link.status.value === 'open';
  const member = isMember.value;
  useEffect(() => {
    if (member && isOpen) void advance();
  }, [c, member, isOpen]);
  if (!c || !member) return null;
  return (
    <section class="panel committee" aria-labelledby="member-title">
      <header class="panel-head">
        <h2 id="member-title"><Icon name="lock" /> {t('committee.title')}</h2>
        <span class="tag">{reached(c, 'confirmed')}/{c.members.length}</span>
      </header>
      {c.void ? <p class="warn-words" role="alert">{t('committee.void')}</p> : <Duty c={c} />}
    </section>
  );
};

const Duty = ({ c }: { c: Committee }) => {
  const { seed, wrong, saved, code } = mine.value;
  const vote = sealedVote.value;
  if (seed === 'none') return <Join />;
  if (seed === 'lost') return <Recover />;
  return (
    <>
      {wrong.length > 0 && <Wrong />}
      {code && !saved && <WriteDown code={code} />}
      {vote?.hash && isReady(c)
        ? <OpenBox vote={vote} />
        : wrong.length === 0 && <p class="dim" role="status">{waitWords(c)}</p>}
      {code && saved && (
        <details class="code-again">
          <summary>{t('member.show_code')}</summary>
          <Code code={code} />
        </details>
      )}
    </>
  );
};

const Join = () => (
  <>
    <p><strong>{t('member.asked')}</strong></p>
    <p>{t('member.join_words')}</p>
    <Button tone="primary" icon="check" busy={busy.value.has('committee.join')} onClick={() => void joinCommittee()}>
      {t('member.join')}
    </Button>
  </>
);

const waitWords = (c: Committee): string => {
  const of = c.members.length;
  if (isReady(c)) return t('member.ready', { needed: c.needed });
  if (reached(c, 'joined') < of) return t('member.wait_join', { n: reached(c, 'joined'), of });
  if (reached(c, 'dealt') < of) return t('member.wait_deal', { n: reached(c, 'dealt'), of });
  return t('member.wait_confirm', { n: reached(c, 'confirmed'), of });
};

const Wrong = () => (
  <div class="booth-trouble" role="alert">
    <Icon name="warn" />
    <p>{t('member.wrong', { name: wrongNames() })}</p>
    <Button tone="danger" busy={busy.value.has('committee.complain')} onClick={() => void complain()}>{t('member.complain')}</Button>
  </div>
);

const Code = ({ code }: { code: string }) => (
  <ol class="code-groups" aria-label={t('member.code')}>
    {code.split(' ').map((group, i) => <li key={i}><code>{group}</code></li>)}
  </ol>
);

const WriteDown = ({ code }: { code: string }) => {
  const [typed, setTyped] = useState('');
  const [isWrong, setWrong] = useState(false);
  const id = useId();
  const check = async () => {
    const { isSameText } = await loadBox();
    if (isSameText(typed, code.slice(-4))) await codeSaved();
    else setWrong(true);
  };
  return (
    <form class="form" onSubmit={(e) => { e.preventDefault(); void check(); }}>
      <h3>{t('member.code')}</h3>
      <p>{t('member.code_words')}</p>
      <Code code={code} />
      <label class="field">
        <span>{t('member.last_group')}</span>
        <input class="input code-group" autocomplete="off" autocapitalize="characters" spellcheck={false} maxLength={6}
          value={typed} aria-invalid={isWrong ? 'true' : undefined} aria-describedby={id}
          onInput={(e) => { setTyped(e.currentTarget.value); setWrong(false); }} />
      </label>
      <p id={id} class="warn-words" role="alert">{isWrong ? t('member.last_wrong') : ''}</p>
      <button type="submit" class="button primary" aria-disabled={typed.trim() === '' ? 'true' : undefined}>
        <Icon name="check" /> {t('member.saved')}
      </button>
    </form>
  );
};

/** What is wrong with a typed code, and where. */
const codeWords = (error: unknown): string => {
  const { code, at, message } = error as { code?: string; at?: number; message?: string };
  const key = known(`box.error.${String(code)}`);
  return key ? t(key, { at: at ?? '', letter: message ?? '' }) : boxWords(error);
};

const Recover = () => {
  const [typed, setTyped] = useState('');
  const [trouble, setTrouble] = useState('');
  const id = useId();
  const enter = () => recover(typed).catch((error: unknown) => setTrouble(codeWords(error)));
  return (
    <form class="form" onSubmit={(e) => { e.preventDefault(); void enter(); }}>
      <label class="field">
        <span>{t('member.lost')}</span>
        <textarea class="input code-typed" rows={3} autocomplete="off" autocapitalize="characters" spellcheck={false}
          value={typed} aria-invalid={trouble ? 'true' : undefined} aria-describedby={id}
          onInput={(e) => { setTyped(e.currentTarget.value); setTrouble(''); }} />
      </label>
      <p id={id} class="warn-words" role="alert">{trouble}</p>
      <button type="submit" class="button primary">{t('member.recover')}</button>
    </form>
  );
};

const OpenBox = ({ vote }: { vote: Vote }) => {
  const now = opening.value?.vote === vote.vote ? opening.value : null;
  const isWorking = now !== null && now.words === undefined;
  const mineDone = vote.unsealed?.includes(you.value?.id ?? '') ?? false;
  return (
    <div class="open-box">
      <p class="vote-question">{vote.question}</p>
      {mineDone && <p class="recorded" role="status"><Icon name="check" /><span>{t('member.opened')}</span></p>}
      {!mineDone && (
        <>
          <p class="dim">{t('member.open_words', { issued: vote.issued ?? '–', number: vote.number ?? 0 })}</p>
          {now?.words && <p class="warn-words" role="alert">{now.words}</p>}
          <Button tone="primary" size="large" icon="vote" busy={isWorking} onClick={() => void openBox(vote)}>
            {isWorking ? t('member.opening', { done: now.done, of: now.of }) : t('member.open')}
          </Button>
        </>
      )}
      <SealedBox vote={vote} names />
    </div>
  );
};
