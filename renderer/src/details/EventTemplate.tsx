// How usual the message of an event is: its template, and how many events share it.
import type { EventDetail } from '../../../shared/api.ts';
import { plural } from '../format/numbers.ts';
import { rememberTemplate } from '../lens/template-words.ts';
import { showOnly } from '../store/pivot.ts';
import { TemplateText } from '../views/templates/TemplateText.tsx';
import { Block } from './Block.tsx';

export function EventTemplate({ template }: { template: NonNullable<EventDetail['template']> }) {
  return (
    <Block title="How usual its message is">
      <p>
        <button
          type="button"
          className="link"
          data-testid="event-template"
          onClick={() => {
            rememberTemplate(template.templateId, template.template);
            showOnly([['template', template.templateId]]);
          }}
        >
          {template.events === 1 ? 'The only event' : plural(template.events, 'event')}
        </button>{' '}
        of this template in the case:
      </p>
      <p>
        <TemplateText text={template.template} />
      </p>
    </Block>
  );
}
