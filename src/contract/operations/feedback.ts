import { FeedbackList, FeedbackQuery, FeedbackRequest, GivenFeedback } from '../feedback.ts'
import type { Operation } from '../operation.ts'

const about = { path: '/api/feedback', tag: 'Feedback', access: 'person' } as const

export const feedbackOperations: readonly Operation[] = [
  {
    ...about,
    method: 'get',
    id: 'listFeedback',
    summary: 'Lists what you think of the replies of a conversation.',
    scope: 'read',
    query: FeedbackQuery,
    answers: { 200: { description: 'Your feedback.', schema: FeedbackList } },
    failures: ['conversation_not_found'],
  },
  {
    ...about,
    method: 'post',
    id: 'giveFeedback',
    summary: 'Says what you think of a reply, takes the place of what you said before, or takes it back.',
    description:
      'Whoever runs this Helix sees the rating, the comment and the model, not the conversation. The audit log tells that it was given, not what it says.',
    scope: 'chat',
    body: FeedbackRequest,
    example: {
      messageId: '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01',
      rating: 'up',
      comment: 'Just what I needed',
    },
    answers: { 200: { description: 'As it stands now; null once taken back.', schema: GivenFeedback } },
    failures: ['message_not_found', 'audit_unavailable'],
  },
]
