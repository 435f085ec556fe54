package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

// cursorOf seals the position of a page's last task for the owner's list without filters, newest first.
func cursorOf(key, id string, owner int64) string {
	var bytes [24]byte
	for place, text := range []string{key, id} {
		number, _ := strconv.ParseInt(text, 10, 64) // Postgres made it of a bigint
		binary.BigEndian.PutUint64(bytes[8*place:], uint64(number))
	}
	sum := sha256.Sum256(fmt.Appendf(nil,
		`["%x","%d","-created_at",["todo","in_progress","done"],["low","medium","high"],null,null,null]`, bytes[:16], owner))
	copy(bytes[16:], sum[:8])
	return base64.RawURLEncoding.EncodeToString(bytes[:])
}

type accessLog struct{ logger *slog.Logger }

// Its handler writes one line at a time, so that the buffer needs no lock.
func newAccessLog() accessLog {
	return accessLog{slog.New(slog.NewJSONHandler(bufio.NewWriterSize(os.Stdout, 4096), nil))}
}

func (l accessLog) write(r *http.Request, route, requestID string, status int, owner int64, took time.Duration) {
	address, _, _ := net.SplitHostPort(r.RemoteAddr)
	l.logger.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("request_id", requestID),
		slog.String("method", r.Method), slog.String("route", route), slog.Int("status", status),
		slog.Float64("ms", float64(took.Round(10*time.Microsecond).Microseconds())/1000),
		slog.String("client_address", address), slog.String("user_id", strconv.FormatInt(owner, 10)))
}
