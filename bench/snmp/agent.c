/* An SNMPv2c agent for benchmarks, so quick that what asks it is what is measured.
 *
 * agent WALK PORT COUNT: serves the lines OID|TAG|VALUE of a file, sorted by OID, on COUNT ports of 127.0.0.1 from
 * PORT on. Every variable is encoded once, at the start. Only Get, GetNext and GetBulk are known. It prints "ready".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* An answer is full at ROOM bytes; a line is at most 8 kB, so the last row fits into LARGEST. */
enum { MOST_NAMES = 128, MOST_NUMBERS = 64, LARGEST = 65507, ROOM = 48000 };
enum { GET = 0xA0, GET_NEXT = 0xA1, RESPONSE = 0xA2, GET_BULK = 0xA5 };

typedef struct {
    uint32_t number[MOST_NUMBERS];
    int count;
} Name;

typedef struct {
    Name name;
    uint8_t *bytes; /* the whole variable */
    int size;
} Row;

static Row *rows;
static int row_count;

/* ---- writing ---- */

static int put_length(uint8_t *to, int size)
{
    if (size < 0x80) {
        to[0] = size;
        return 1;
    }
    if (size < 0x100) {
        to[0] = 0x81;
        to[1] = size;
        return 2;
    }
    to[0] = 0x82;
    to[1] = size >> 8;
    to[2] = size;
    return 3;
}

static int put_element(uint8_t *to, int tag, const uint8_t *content, int size)
{
    int at = 0;
    to[at++] = tag;
    at += put_length(to + at, size);
    memcpy(to + at, content, size);
    return at + size;
}

static int put_numbers(uint8_t *to, const Name *name)
{
    int at = 0;
    to[at++] = name->number[0] * 40 + (name->count > 1 ? name->number[1] : 0);
    for (int i = 2; i < name->count; i++) {
        uint8_t part[5];
        int size = 0;
        uint32_t rest = name->number[i];
        do
            part[size++] = rest & 0x7F;
        while (rest >>= 7);
        while (size--)
            to[at++] = part[size] | (size ? 0x80 : 0);
    }
    return at;
}

static int put_variable(uint8_t *to, const Name *name, int tag, const uint8_t *content, int size)
{
    static uint8_t inner[LARGEST], numbers[5 * MOST_NUMBERS];
    int at = put_element(inner, 0x06, numbers, put_numbers(numbers, name));
    at += put_element(inner + at, tag, content, size);
    return put_element(to, 0x30, inner, at);
}

static int put_integer(uint8_t *to, int64_t value, int is_signed)
{
    int size = 8;
    uint8_t bytes[9] = {0};
    for (int i = 0; i < 8; i++)
        bytes[8 - i] = (uint64_t)value >> 8 * i;
    if (is_signed && value < 0)
        bytes[0] = 0xFF;
    int first = 0;
    while (first < size && ((bytes[first] == 0 && !(bytes[first + 1] & 0x80)) ||
                            (is_signed && bytes[first] == 0xFF && bytes[first + 1] & 0x80)))
        first++;
    memcpy(to, bytes + first, 9 - first);
    return 9 - first;
}

/* ---- the walk ---- */

static int read_name(const char *text, Name *name)
{
    char *rest;
    for (name->count = 0; name->count < MOST_NUMBERS; text = rest + 1) {
        name->number[name->count++] = strtoul(text, &rest, 10);
        if (rest == text)
            return 0;
        if (*rest != '.')
            return 1;
    }
    return 0;
}

static int put_value(uint8_t *to, int tag, int is_hex, const char *text)
{
    Name name;
    int size = 0;
    if (tag == 0x04) {
        if (!is_hex) {
            size = strlen(text);
            memcpy(to, text, size);
            return size;
        }
        for (unsigned byte; sscanf(text, "%2x", &byte) == 1; text += 2)
            to[size++] = byte;
        return size;
    }
    if (tag == 0x06)
        return read_name(text, &name) ? put_numbers(to, &name) : -1;
    if (tag == 0x40)
        return inet_pton(AF_INET, text, to) == 1 ? 4 : -1;
    if (tag == 0x02)
        return put_integer(to, strtoll(text, NULL, 10), 1);
    return put_integer(to, (int64_t)strtoull(text, NULL, 10), 0);
}

static void load(const char *file)
{
    static char line[8192];
    static uint8_t value[8192], variable[LARGEST];
    int room = 0;
    FILE *from = fopen(file, "r");
    if (!from) {
        perror(file);
        exit(1);
    }
    while (fgets(line, sizeof line, from)) {
        line[strcspn(line, "\r\n")] = 0;
        char *tag = strchr(line, '|');
        char *text = tag ? strchr(tag + 1, '|') : NULL;
        if (row_count == room)
            rows = realloc(rows, (room = room ? 2 * room : 1 << 12) * sizeof *rows);
        if (!text || !rows || !read_name(line, &rows[row_count].name)) {
            fprintf(stderr, "%s: no row: %s\n", file, line);
            exit(1);
        }
        Row *row = &rows[row_count++];
        *text++ = 0;
        int number = atoi(tag + 1), size = put_value(value, number, strchr(tag + 1, 'x') != NULL, text);
        if (size < 0) {
            fprintf(stderr, "%s: no value: %s\n", file, text);
            exit(1);
        }
        row->size = put_variable(variable, &row->name, number, value, size);
        row->bytes = malloc(row->size);
        memcpy(row->bytes, variable, row->size);
    }
    fclose(from);
}

static int compare(const Name *a, const Name *b)
{
    for (int i = 0; i < a->count && i < b->count; i++)
        if (a->number[i] != b->number[i])
            return a->number[i] < b->number[i] ? -1 : 1;
    return a->count - b->count;
}

/* The first row behind a name. */
static int after(const Name *name)
{
    int low = 0, high = row_count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (compare(&rows[middle].name, name) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- reading ---- */

typedef struct {
    const uint8_t *at, *end;
} Span;

/* The content of the element at `from`, which moves behind it; its tag, or -1. */
static int enter(Span *from, Span *content)
{
    if (from->end - from->at < 2)
        return -1;
    int tag = *from->at++, size = *from->at++;
    if (size & 0x80) {
        int more = size & 0x7F;
        size = 0;
        if (more > 2 || from->end - from->at < more)
            return -1;
        while (more--)
            size = size << 8 | *from->at++;
    }
    if (from->end - from->at < size)
        return -1;
    content->at = from->at;
    content->end = from->at += size;
    return tag;
}

static int integer(Span *from)
{
    Span content;
    int value = 0;
    if (enter(from, &content) != 0x02)
        return -1;
    while (content.at < content.end)
        value = value << 8 | *content.at++;
    return value;
}

static int decode(Span from, Name *name)
{
    if (from.at == from.end)
        return 0;
    name->number[0] = *from.at / 40;
    name->number[1] = *from.at++ % 40;
    name->count = 2;
    while (from.at < from.end && name->count < MOST_NUMBERS) {
        uint32_t value = 0;
        do
            value = value << 7 | (*from.at & 0x7F);
        while (*from.at++ & 0x80 && from.at < from.end);
        name->number[name->count++] = value;
    }
    return from.at == from.end;
}

/* ---- answering ---- */

static uint8_t body[LARGEST];
static int body_size;

static void add_row(int rank)
{
    memcpy(body + body_size, rows[rank].bytes, rows[rank].size);
    body_size += rows[rank].size;
}

static void add_nothing(const Name *name, int tag)
{
    body_size += put_variable(body + body_size, name, tag, (const uint8_t *)"", 0);
}

static void answer_names(int kind, const Name *names, int count, int single, int repetitions)
{
    int place[MOST_NAMES];
    body_size = 0;
    for (int i = 0; i < count; i++) {
        place[i] = after(&names[i]);
        if (kind == GET) {
            if (place[i] && !compare(&rows[place[i] - 1].name, &names[i]))
                add_row(place[i] - 1);
            else
                add_nothing(&names[i], 0x81);
        }
    }
    if (kind == GET)
        return;
    for (int turn = 0; turn < repetitions; turn++) {
        int is_over = 1;
        for (int i = turn ? single : 0; i < count && body_size < ROOM; i++) {
            if (place[i] < row_count) {
                add_row(place[i]++);
                is_over = 0;
            } else
                add_nothing(&rows[row_count - 1].name, 0x82);
        }
        if (is_over || body_size >= ROOM)
            return;
    }
}

static int answer(const uint8_t *data, int size, uint8_t *to)
{
    static Name names[MOST_NAMES];
    static uint8_t inner[LARGEST + 256];
    Span datagram = {data, data + size}, message, community, pdu, variables, one, name;
    if (enter(&datagram, &message) != 0x30)
        return 0;
    const uint8_t *head = message.at;
    if (integer(&message) != 1 || enter(&message, &community) != 0x04)
        return 0;
    int head_size = message.at - head, kind = enter(&message, &pdu);
    if (kind != GET && kind != GET_NEXT && kind != GET_BULK)
        return 0;
    const uint8_t *request = pdu.at;
    integer(&pdu);
    int request_size = pdu.at - request, single = integer(&pdu), repetitions = integer(&pdu), count = 0;
    if (enter(&pdu, &variables) != 0x30)
        return 0;
    while (variables.at < variables.end && count < MOST_NAMES) {
        if (enter(&variables, &one) != 0x30 || enter(&one, &name) != 0x06 || !decode(name, &names[count++]))
            return 0;
    }
    if (kind == GET_NEXT)
        single = 0, repetitions = 1;
    answer_names(kind, names, count, single, repetitions);

    static uint8_t within[LARGEST + 256];
    int at = request_size;
    memcpy(within, request, request_size);
    memcpy(within + at, "\x02\x01\x00\x02\x01\x00", 6);
    at += 6;
    at += put_element(within + at, 0x30, body, body_size);
    memcpy(inner, head, head_size);
    return put_element(to, 0x30, inner, head_size + put_element(inner + head_size, RESPONSE, within, at));
}

static int serve(int port, int epoll)
{
    int made = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), buffer = 1 << 20;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct epoll_event event = {.events = EPOLLIN, .data.fd = made};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(made, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    return bind(made, (void *)&address, sizeof address) || epoll_ctl(epoll, EPOLL_CTL_ADD, made, &event);
}

int main(int count, char **words)
{
    static uint8_t in[LARGEST], out[LARGEST + 512];
    struct epoll_event events[64];
    int epoll = epoll_create1(0);
    if (count != 4) {
        fprintf(stderr, "usage: agent WALK PORT COUNT\n");
        return 2;
    }
    load(words[1]);
    for (int i = 0; i < atoi(words[3]); i++)
        if (serve(atoi(words[2]) + i, epoll)) {
            perror("port");
            return 1;
        }
    puts("ready");
    fflush(stdout);
    for (;;) {
        int ready = epoll_wait(epoll, events, 64, -1);
        for (int i = 0; i < ready; i++) {
            struct sockaddr_in from;
            socklen_t size = sizeof from;
            ssize_t got;
            while ((got = recvfrom(events[i].data.fd, in, sizeof in, 0, (void *)&from, &size)) >= 0) {
                int made = answer(in, got, out);
                if (made)
                    sendto(events[i].data.fd, out, made, 0, (void *)&from, size);
            }
        }
    }
}
