package languagehost

import (
	"sync"

	"google.golang.org/grpc"
)

// stream lets what a process prints on two pipes be sent at the same time, which gRPC does not.
type stream[T any] struct {
	grpc.ServerStreamingServer[T]
	mutex sync.Mutex
}

// Send sends one message after the other.
func (s *stream[T]) Send(message *T) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.ServerStreamingServer.Send(message)
}
